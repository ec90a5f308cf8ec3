import { Download } from 'lucide-react';
import { Button } from 'react-aria-components';
import { exportUrl } from '../api/client.ts';
import { DownloadMenu } from '../controls/download-menu.tsx';
import { strings } from '../strings.ts';

export function Downloads({ taskId }: { readonly taskId: string }) {
  return (
    <DownloadMenu
      label={strings.transcript.downloads}
      urlOf={(format) => exportUrl(taskId, format)}
      trigger={
        <Button className="button quiet">
          <Download aria-hidden size={16} />
          {strings.transcript.downloads}
        </Button>
      }
    />
  );
}
