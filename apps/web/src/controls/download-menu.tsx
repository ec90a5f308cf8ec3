import type { ExportFormat } from '@bulk-transcribe/protocol';
import type { ReactElement } from 'react';
import { Header, Menu, MenuItem, MenuSection, MenuTrigger, Popover } from 'react-aria-components';
import { strings } from '../strings.ts';

/** By what people do with them. */
const groups: readonly (readonly [words: string, formats: readonly ExportFormat[]])[] = [
  [strings.downloads.reading, ['txt', 'md', 'docx', 'pdf']],
  [strings.downloads.captions, ['srt', 'vtt']],
  [strings.downloads.data, ['csv', 'json', 'rttm']],
];

interface DownloadMenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly label: string;
  readonly urlOf: (format: ExportFormat) => string;
}

/** Offers one or many transcripts in every format. */
export function DownloadMenu({ trigger, label, urlOf }: DownloadMenuProps) {
  return (
    <MenuTrigger>
      {trigger}
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={label}>
          {groups.map(([words, formats]) => (
            <MenuSection key={words} className="menu-section">
              <Header className="menu-head">{words}</Header>
              {formats.map((format) => (
                <MenuItem key={format} className="menu-item" href={urlOf(format)} download="">
                  {strings.formatWithExtension(format)}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
