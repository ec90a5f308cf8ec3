import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { client } from '../api/client.ts';
import { useAttempt } from '../jobs/use-attempt.ts';
import { strings } from '../strings.ts';

interface CopyTextProps {
  readonly taskId: string;
  /** Of the transcript: what was copied of another one is not this text. */
  readonly revision: number;
}

/** The text as it is downloaded, into the clipboard. Browsers have one only where the page comes from this computer or by https. */
export function CopyText({ taskId, revision }: CopyTextProps) {
  const [copied, setCopied] = useState<number | null>(null);
  const attempt = useAttempt(strings.transcript.copyFailed);
  if (!('clipboard' in navigator)) return null;
  const copy = async (): Promise<void> => {
    // The clipboard is asked while the click is fresh, and waits for the text itself.
    const text = client.exportedText(taskId).then((content) => new Blob([content], { type: 'text/plain' }));
    await navigator.clipboard.write([new ClipboardItem({ 'text/plain': text })]);
    setCopied(revision);
  };
  const isCopied = copied === revision;
  return (
    <>
      <Button className="button quiet" onPress={() => attempt(copy)}>
        {isCopied ? <Check aria-hidden size={16} /> : <Copy aria-hidden size={16} />}
        {isCopied ? strings.transcript.copied : strings.transcript.copy}
      </Button>
      <span className="visually-hidden" role="status">
        {isCopied && strings.transcript.copied}
      </span>
    </>
  );
}
