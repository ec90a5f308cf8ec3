import type { ComponentProps } from 'react';
import { navigate } from '../router.ts';

type LinkProps = ComponentProps<'a'> & { readonly href: string };

/** A real link that changes the view without loading the page anew; new tabs and windows work as everywhere. */
export function Link({ children, ...props }: LinkProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: browsers send click for the Enter key on a link
    // biome-ignore lint/a11y/noStaticElementInteractions: props always hold an address
    <a
      {...props}
      // biome-ignore lint/a11y/useValidAnchor: it leads where its address says, only faster
      onClick={(event) => {
        const elsewhere = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
        if (elsewhere) return;
        event.preventDefault();
        navigate(props.href);
      }}
    >
      {children}
    </a>
  );
}
