/** Where the focused control leaves the page (a row is cancelled, deleted, finished), the keyboard goes on beside it, not from the top. */
import { useEffect } from 'react';

/** One level above the focused control, inside the view: an element, and which of its children the control was in. */
interface Level {
  readonly parent: Element;
  readonly index: number;
}

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), summary';
/** These give the focus back to the control that opened them. */
const BORROWERS = '[role=dialog], [role=alertdialog], [role=menu]';

export function useFocusKeeper(): void {
  useEffect(() => {
    let focused: Element | null = null;
    let levels: readonly Level[] = [];
    const remember = ({ target }: FocusEvent) => {
      if (!(target instanceof Element) || target.closest(BORROWERS)) return;
      focused = target.closest('main') ? target : null;
      levels = levelsOf(target);
    };
    // A click beside all controls gives the focus up; a control that is removed has not.
    const forget = ({ relatedTarget }: FocusEvent) => {
      if (relatedTarget !== null) return;
      queueMicrotask(() => {
        if (focused?.isConnected && document.activeElement === document.body) focused = null;
      });
    };
    const observer = new MutationObserver(() => {
      if (focused === null || focused.isConnected || document.activeElement !== document.body) return;
      focused = null;
      placeBeside(levels)?.focus({ preventScroll: true });
    });
    document.addEventListener('focusin', remember);
    document.addEventListener('focusout', forget);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', remember);
      document.removeEventListener('focusout', forget);
      observer.disconnect();
    };
  }, []);
}

function levelsOf(element: Element): Level[] {
  const levels: Level[] = [];
  for (let child = element; child.parentElement && !child.matches('main'); child = child.parentElement) {
    levels.push({ parent: child.parentElement, index: Array.prototype.indexOf.call(child.parentElement.children, child) });
  }
  return levels;
}

/** What stands now where the control was, or the nearest list, section or view that is still there. */
function placeBeside(levels: readonly Level[]): HTMLElement | null {
  for (const { parent, index } of levels) {
    if (!parent.isConnected) continue;
    const neighbour = parent.children[Math.min(index, parent.children.length - 1)];
    const control = neighbour?.matches(FOCUSABLE) ? neighbour : neighbour?.querySelector(FOCUSABLE);
    if (control instanceof HTMLElement) return control;
    if (parent instanceof HTMLElement && parent.matches('section, main')) {
      parent.tabIndex = -1;
      return parent;
    }
  }
  return null;
}
