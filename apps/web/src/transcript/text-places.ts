/** Places in the text that an element shows, whatever it is cut into. */

/** How many UTF-16 units of the element's text stand before a point of the window; null where the point is not in its text. */
export function offsetAt(element: Element, { clientX, clientY }: Pick<MouseEvent, 'clientX' | 'clientY'>): number | null {
  // Browsers of before 2026 may not have it: then nothing is known of the point.
  const caret = document.caretPositionFromPoint?.(clientX, clientY);
  if (!caret || !element.contains(caret.offsetNode)) return null;
  const before = document.createRange();
  before.selectNodeContents(element);
  before.setEnd(caret.offsetNode, caret.offset);
  return before.toString().length;
}

/** What stands between two places of the element's text. */
export function rangeIn(element: Element, { from, to }: { readonly from: number; readonly to: number }): Range {
  const range = document.createRange();
  range.selectNodeContents(element);
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let passed = 0;
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const length = text.nodeValue?.length ?? 0;
    if (from >= passed && from < passed + length) range.setStart(text, from - passed);
    if (to > passed && to <= passed + length) range.setEnd(text, to - passed);
    passed += length;
  }
  return range;
}
