import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { strings } from '../strings.ts';

const RATES = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

export function SpeedMenu({ rate, onChange }: { readonly rate: number; readonly onChange: (rate: number) => void }) {
  return (
    <MenuTrigger>
      <Button className="button quiet tabular" aria-label={`${strings.player.speed}: ${strings.player.rate(rate)}`}>
        {strings.player.rate(rate)}
      </Button>
      <Popover className="popover" placement="top end">
        <Menu
          className="menu"
          aria-label={strings.player.speed}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[String(rate)]}
          onAction={(key) => onChange(Number(key))}
        >
          {RATES.map((value) => (
            <MenuItem key={value} id={String(value)} className="menu-item tabular">
              {strings.player.rate(value)}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
