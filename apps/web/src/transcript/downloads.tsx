import { exportFormats } from '@bulk-transcribe/protocol';
import { Download } from 'lucide-react';
import { exportUrl } from '../api/client.ts';
import { strings } from '../strings.ts';

export function Downloads({ taskId }: { readonly taskId: string }) {
  return (
    <nav className="downloads" aria-label={strings.transcript.downloads}>
      {exportFormats.map((format) => (
        <a key={format} className="button quiet" href={exportUrl(taskId, format)} download="">
          <Download aria-hidden size={16} />
          {strings.formatWithExtension(format)}
        </a>
      ))}
    </nav>
  );
}
