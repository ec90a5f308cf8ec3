/** Which key does what, and where keys belong to somebody else. Pure. */
export type PlayerCommand = 'toggle' | 'back' | 'forward' | 'help' | 'search' | 'edit' | 'undo' | 'note';

const commands: Readonly<Record<string, PlayerCommand>> = {
  ' ': 'toggle',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  '?': 'help',
  '/': 'search',
  e: 'edit',
  n: 'note',
};

/** Keys that no field wants: who corrects a line hears it again without leaving it. As the media keys lie on keyboards; foot switches send them. */
const everywhere: Readonly<Record<string, PlayerCommand>> = { F7: 'back', F8: 'toggle', F9: 'forward' };

/** Inside these every other key is theirs. */
const FIELDS = 'input:not([type=range]), textarea, select, [contenteditable]';
const OWNERS = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]';
/** These are pressed with the space bar. */
const PRESSED = 'button, summary, [role=button]';

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly defaultPrevented: boolean;
}

export function commandOf(event: Key, target: Pick<Element, 'closest'> | null): PlayerCommand | undefined {
  if (event.defaultPrevented || event.altKey || target?.closest(OWNERS)) return undefined;
  const isModified = event.ctrlKey || event.metaKey;
  if (!isModified && !event.shiftKey && Object.hasOwn(everywhere, event.key)) return everywhere[event.key];
  if (target?.closest(FIELDS)) return undefined;
  if (isModified) return event.key === 'z' ? 'undo' : undefined;
  if (event.key === ' ' && target?.closest(PRESSED)) return undefined;
  return Object.hasOwn(commands, event.key) ? commands[event.key] : undefined;
}
