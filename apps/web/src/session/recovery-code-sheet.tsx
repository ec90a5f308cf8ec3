import { useState } from 'react';
import { Button } from 'react-aria-components';
import { client } from '../api/client.ts';
import { type Problem, problemOfCause } from '../api/request.ts';
import { Sheet } from '../controls/sheet.tsx';
import { strings } from '../strings.ts';

/** Makes a code that opens this session elsewhere, and shows it once: closed, it is gone. */
export function RecoveryCodeSheet() {
  const [code, setCode] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const make = () => {
    client.makeRecoveryCode().then(
      (made) => setCode(made.code),
      (cause: unknown) => setProblem(problemOfCause(cause)),
    );
  };
  const forget = () => {
    setCode(null);
    setProblem(null);
  };
  return (
    <Sheet title={strings.recovery.makeTitle} onOpenChange={forget} trigger={<Button className="link-button">{strings.recovery.make}</Button>}>
      <p>{strings.recovery.makeText}</p>
      <div role="status">
        {code && (
          <>
            <p className="recovery-code">{code}</p>
            <p className="small muted">{strings.recovery.once}</p>
          </>
        )}
        {problem && `${problem.message} ${problem.hint}`}
      </div>
      {code === null && (
        <div className="dialog-buttons">
          <Button className="button primary" onPress={make}>
            {strings.recovery.show}
          </Button>
        </div>
      )}
    </Sheet>
  );
}
