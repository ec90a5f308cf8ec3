import { exportFormats } from '@bulk-transcribe/protocol';
import { Download } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { exportUrl } from '../api/client.ts';
import { strings } from '../strings.ts';

/** A button that offers the transcript in every format. */
export function DownloadMenu({ taskId, name }: { readonly taskId: string; readonly name: string }) {
  return (
    <MenuTrigger>
      <Button className="icon-button" aria-label={strings.task.download(name)}>
        <Download aria-hidden size={18} />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={strings.task.download(name)}>
          {exportFormats.map((format) => (
            <MenuItem key={format} className="menu-item" href={exportUrl(taskId, format)} download="">
              {strings.formatWithExtension(format)}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
