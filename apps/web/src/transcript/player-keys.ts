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

/** Inside these every key is theirs. */
const OWNERS = 'input:not([type=range]), textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=menu], [role=listbox]';
/** These are pressed with the space bar. */
const PRESSED = 'button, summary, [role=button]';

interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly defaultPrevented: boolean;
}

export function commandOf(event: Key, target: Pick<Element, 'closest'> | null): PlayerCommand | undefined {
  if (event.defaultPrevented || event.altKey || target?.closest(OWNERS)) return undefined;
  if (event.ctrlKey || event.metaKey) return event.key === 'z' ? 'undo' : undefined;
  if (event.key === ' ' && target?.closest(PRESSED)) return undefined;
  return Object.hasOwn(commands, event.key) ? commands[event.key] : undefined;
}
