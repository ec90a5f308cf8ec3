import { ChevronDown } from 'lucide-react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';

interface ChoiceMenuProps<Value extends string> {
  /** What is chosen, for people. */
  readonly label: string;
  readonly chosen: string;
  readonly value: Value;
  /** In the order in which they are offered. */
  readonly choices: readonly (readonly [value: Value, words: string])[];
  readonly onChange: (value: Value) => void;
}

/** "Model: Whisper base ▾": a button that says what is chosen and offers the rest. */
export function ChoiceMenu<Value extends string>({ label, chosen, value, choices, onChange }: ChoiceMenuProps<Value>) {
  const choose = (key: unknown) => {
    const choice = choices.find(([known]) => known === key);
    if (choice) onChange(choice[0]);
  };
  return (
    <MenuTrigger>
      <Button className="button quiet choice">
        <span>{chosen}</span>
        <ChevronDown aria-hidden size={16} />
      </Button>
      <Popover className="popover" placement="bottom start">
        <Menu className="menu" aria-label={label} selectionMode="single" disallowEmptySelection selectedKeys={[value]} onAction={choose}>
          {choices.map(([known, words]) => (
            <MenuItem key={known} id={known} className="menu-item">
              {words}
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
