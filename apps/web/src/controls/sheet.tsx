import { X } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { strings } from '../strings.ts';

interface SheetProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly title: string;
  readonly onOpenChange?: (isOpen: boolean) => void;
  readonly children: ReactNode;
}

/** Something on top of the page that is read or filled in, then closed. */
export function Sheet({ trigger, title, children, onOpenChange = () => undefined }: SheetProps) {
  return (
    <DialogTrigger onOpenChange={onOpenChange}>
      {trigger}
      <ModalOverlay className="veil" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <>
                <div className="dialog-head">
                  <Heading slot="title">{title}</Heading>
                  <Button className="icon-button" aria-label={strings.close} onPress={close}>
                    <X aria-hidden size={18} />
                  </Button>
                </div>
                {children}
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
