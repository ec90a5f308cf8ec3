import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

interface WindowListOptions {
  readonly count: number;
  /** Expected height of an item, pixels; each is measured once it is shown. */
  readonly itemHeight: number;
  /** Items that are drawn beyond both edges of the window: a fast turn of the wheel shows no blank. */
  readonly overscan: number;
  readonly keyOf: (place: number) => string | number;
}

/** A long list that scrolls with the window, of which only what is near the window is drawn. */
export function useWindowList<T extends HTMLElement>({ count, itemHeight, overscan, keyOf }: WindowListOptions) {
  const region = useRef<T>(null);
  const top = useTop(region);
  const virtual = useWindowVirtualizer({ count, estimateSize: () => itemHeight, overscan, scrollMargin: top, getItemKey: keyOf });
  return { region, virtual };
}

/** Where the list begins in the page, pixels: what stands above it decides, and that is as high as the window is narrow. */
function useTop(region: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () => setTop((region.current?.getBoundingClientRect().top ?? 0) + scrollY);
    const sizes = new ResizeObserver(measure);
    sizes.observe(document.body);
    measure();
    return () => sizes.disconnect();
  }, [region]);
  return top;
}
