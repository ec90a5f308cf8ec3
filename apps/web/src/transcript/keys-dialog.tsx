import { Keyboard, X } from 'lucide-react';
import { Button, Dialog, DialogTrigger, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { strings } from '../strings.ts';

interface KeysDialogProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function KeysDialog({ isOpen, onOpenChange }: KeysDialogProps) {
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      <Button className="icon-button keys-button" aria-label={strings.player.keys}>
        <Keyboard aria-hidden size={20} />
      </Button>
      <ModalOverlay className="veil" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <>
                <div className="dialog-head">
                  <Heading slot="title">{strings.keys.title}</Heading>
                  <Button className="icon-button" aria-label={strings.close} onPress={close}>
                    <X aria-hidden size={18} />
                  </Button>
                </div>
                <dl className="keys">
                  {strings.keys.list.map(([key, does]) => (
                    <div key={key} className="keys-row">
                      <dt>
                        <kbd>{key}</kbd>
                      </dt>
                      <dd>{does}</dd>
                    </div>
                  ))}
                </dl>
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
