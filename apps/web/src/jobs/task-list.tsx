import type { Task } from '@bulk-transcribe/protocol';
import { useWindowList } from '../controls/use-window-list.ts';
import { TaskRow } from './task-row.tsx';

interface TaskListProps {
  readonly tasks: readonly Task[];
  /** Why what is queued waits for more than its turn; empty where it does not. */
  readonly waits: string;
}

/** Up to so many rows all are drawn: the browser's own search in the page then finds them. */
const FEW = 100;

/** The recordings of a job. */
export function TaskList({ tasks, waits }: TaskListProps) {
  if (tasks.length > FEW) return <LongList tasks={tasks} waits={waits} />;
  return (
    <ul className="rows">
      {tasks.map((task) => (
        <TaskRow key={task.id} task={task} waits={waitsOf(task, waits)} />
      ))}
    </ul>
  );
}

const waitsOf = ({ state }: Task, waits: string): string => (state === 'queued' ? waits : '');

/** Height of a plain row, pixels, and rows beyond the edges of the window. */
const ROW_HEIGHT = 49;
const OVERSCAN = 20;

function LongList({ tasks, waits }: TaskListProps) {
  const { region, virtual } = useWindowList<HTMLUListElement>({
    ...{ count: tasks.length, itemHeight: ROW_HEIGHT, overscan: OVERSCAN },
    keyOf: (place) => tasks[place]?.id ?? place,
  });
  return (
    <ul className="rows" data-long ref={region} style={{ blockSize: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map(({ index, start }) => {
        const task = tasks[index];
        if (!task) return null;
        return (
          <TaskRow
            key={task.id}
            task={task}
            waits={waitsOf(task, waits)}
            place={index}
            placeCount={tasks.length}
            top={start - virtual.options.scrollMargin}
            measure={virtual.measureElement}
          />
        );
      })}
    </ul>
  );
}
