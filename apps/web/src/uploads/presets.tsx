/** Sets of options under a name, kept by this browser. */
import { ListChecks, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { useStoredValue } from '../stored-value.ts';
import { strings } from '../strings.ts';
import { type JobChoices, type UsableChoices, unchosen } from './job-choices.ts';

interface Preset {
  readonly name: string;
  readonly choices: JobChoices;
}

const none: readonly Preset[] = [];
const usePresets = () => useStoredValue('presets', none);

interface PresetMenuProps {
  readonly onChoose: (choices: JobChoices) => void;
}

/** In sight, where there are presets. */
export function PresetMenu({ onChoose }: PresetMenuProps) {
  const [presets] = usePresets();
  if (presets.length === 0) return null;
  return (
    <MenuTrigger>
      <Button className="button quiet">
        <ListChecks aria-hidden size={16} />
        {strings.options.presets.title}
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label={strings.options.presets.title}>
          {presets.map(({ name, choices }) => (
            <MenuItem key={name} className="menu-item" onAction={() => onChoose({ ...unchosen, ...choices })}>
              <bdi>{name}</bdi>
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

interface PresetListProps extends PresetMenuProps {
  readonly chosen: UsableChoices;
}

/** Keeps what is chosen now under a name, and lets go of what was kept. */
export function PresetList({ chosen, onChoose }: PresetListProps) {
  const [presets, keep] = usePresets();
  const [name, setName] = useState('');
  const words = strings.options.presets;
  const save = (event: FormEvent): void => {
    event.preventDefault();
    const { info: _, places: __, ...choices } = chosen;
    const others = presets.filter((preset) => preset.name !== name.trim());
    keep([...others, { name: name.trim(), choices }].toSorted((a, b) => a.name.localeCompare(b.name)));
    setName('');
  };
  return (
    <section className="presets" aria-labelledby="presets-title">
      <h3 id="presets-title">{words.title}</h3>
      <ul>
        {presets.map((preset) => (
          <li key={preset.name}>
            <Button className="link-button" onPress={() => onChoose({ ...unchosen, ...preset.choices })}>
              <bdi>{preset.name}</bdi>
            </Button>
            <Button className="icon-button" aria-label={words.remove(preset.name)} onPress={() => keep(presets.filter((other) => other !== preset))}>
              <X aria-hidden size={16} />
            </Button>
          </li>
        ))}
      </ul>
      <form onSubmit={save}>
        <input
          className="input"
          dir="auto"
          required
          maxLength={60}
          aria-label={words.name}
          placeholder={words.name}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Button className="button quiet" type="submit" isDisabled={name.trim() === ''}>
          {words.save}
        </Button>
      </form>
    </section>
  );
}
