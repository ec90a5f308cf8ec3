/** Where the focused control leaves the page (a row is cancelled, deleted, finished), the keyboard goes on beside it, not from the top. */
import { useEffect } from 'react';

/** One level above the focused control: an element, and which of its children the control was in. */
interface Level {
  readonly parent: Element;
  readonly index: number;
}

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), summary';

export function useFocusKeeper(): void {
  useEffect(() => {
    let focused: Element | null = null;
    let levels: readonly Level[] = [];
    const remember = (event: FocusEvent) => {
      if (!(event.target instanceof Element)) return;
      focused = event.target;
      levels = levelsOf(event.target);
    };
    const observer = new MutationObserver(() => {
      if (focused === null || focused.isConnected || document.activeElement !== document.body) return;
      const place = placeBeside(levels);
      focused = null;
      place?.focus({ preventScroll: true });
    });
    document.addEventListener('focusin', remember);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      document.removeEventListener('focusin', remember);
      observer.disconnect();
    };
  }, []);
}

function levelsOf(element: Element): Level[] {
  const levels: Level[] = [];
  for (let child = element; child.parentElement; child = child.parentElement) {
    levels.push({ parent: child.parentElement, index: Array.prototype.indexOf.call(child.parentElement.children, child) });
  }
  return levels;
}

/** What stands now where the control was, or the nearest list, section or view that is still there. */
function placeBeside(levels: readonly Level[]): HTMLElement | null {
  for (const { parent, index } of levels) {
    if (!parent.isConnected || parent === document.body) continue;
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
