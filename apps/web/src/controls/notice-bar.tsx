import { CircleAlert, X } from 'lucide-react';
import { Button } from 'react-aria-components';
import { useParts } from '../parts.ts';
import { useStore } from '../store.ts';
import { strings } from '../strings.ts';

/** The last thing that did not work, until it is read and closed. */
export function NoticeBar() {
  const { notice } = useParts();
  const shown = useStore(notice);
  return (
    <div className="notice-bar" role="alert">
      {shown && (
        <div className="notice">
          <CircleAlert aria-hidden size={18} />
          <p>
            <strong>{shown.title}</strong> {shown.problem && `${shown.problem.message} ${shown.problem.hint}`}
          </p>
          <Button className="icon-button" aria-label={strings.dismiss} onPress={() => notice.dispatch(null)}>
            <X aria-hidden size={18} />
          </Button>
        </div>
      )}
    </div>
  );
}
