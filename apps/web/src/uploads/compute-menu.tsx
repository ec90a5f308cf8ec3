import type { Compute } from '@bulk-transcribe/protocol';
import { ChevronDown } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { strings } from '../strings.ts';

interface ComputeMenuProps {
  readonly compute: Compute;
  /** What the mode leaves to choose. */
  readonly choices: readonly Compute[];
  readonly onChange: (compute: Compute) => void;
}

/** Where the recordings of this job may be computed. */
export function ComputeMenu({ compute, choices, onChange }: ComputeMenuProps) {
  return (
    <MenuTrigger>
      <Button className="button quiet">
        {strings.place.choose(compute)}
        <ChevronDown aria-hidden size={16} />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu
          className="menu"
          aria-label={strings.place.label}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[compute]}
          onAction={(key) => onChange(choices.find((choice) => choice === key) ?? 'auto')}
        >
          {choices.map((choice) => (
            <MenuItem key={choice} id={choice} className="menu-item">
              {strings.place.choice(choice)}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
