import type { TaskEvent, TaskEventType } from '../../core/event.ts';
import type { Io } from '../io.ts';
import { printable } from './printable.ts';
import { stageText } from './stage-names.ts';
import { duration } from './time.ts';

const ATTEMPT_OVER: ReadonlySet<TaskEventType> = new Set([
  'released',
  'lease.expired',
  'rescheduled',
  'failed',
  'completed',
  'cancelled',
]);

/** How progress is drawn. */
interface ProgressDisplay {
  show(event: TaskEvent): void;
  end(): void;
}

/** Shows a task's stages on stderr as they come: a spinner on a terminal, a line each elsewhere. Never rejects. */
export async function showProgress(io: Io, events: AsyncIterable<TaskEvent>): Promise<void> {
  if (io.mode.quiet || io.mode.json) return;
  const display = io.stderr.isTTY ? await spinner() : lines(io);
  try {
    for await (const event of events) display.show(event);
  } catch {
    // The wait beside it reports what went wrong.
  } finally {
    display.end();
  }
}

function lines(io: Io): ProgressDisplay {
  return {
    show: (event) => {
      const line = remark(event) ?? finished(event);
      if (line !== undefined) io.talk(line);
    },
    end: () => undefined,
  };
}

async function spinner(): Promise<ProgressDisplay> {
  const { default: ora } = await import('ora');
  // Signals stay with the command, and keys typed meanwhile with the shell.
  const spin = ora({ text: 'waiting for its turn', discardStdin: false }).start();
  const running = createRunning();
  return {
    show: (event) => {
      const stages = running.after(event);
      const note = remark(event);
      if (note !== undefined) spin.text = printable(note);
      else if (stages.length > 0) spin.text = stages.map(stageText).join(', ');
    },
    end: () => spin.stop(),
  };
}

/** Keeps which stages of a task run: those started and not ended, none once the attempt is over. */
export function createRunning(): { after(event: TaskEvent): readonly string[] } {
  const running = new Set<string>();
  return {
    after: (event) => {
      const stage = stageOf(event);
      if (event.type === 'stage.started' && stage) running.add(stage);
      else if (event.type === 'stage.completed' || event.type === 'stage.failed') running.delete(stage);
      else if (ATTEMPT_OVER.has(event.type)) running.clear();
      return [...running];
    },
  };
}

/** What is worth a line besides the stages. */
function remark({ type, data, attempt }: TaskEvent): string | undefined {
  if (type === 'rescheduled') return `attempt ${attempt} failed, waiting for the next one`;
  if (type === 'lease.expired') return 'its worker is gone, back in line';
  if (type === 'released') return 'given back by its worker';
  if (type === 'stage.failed') return `${stageText(String(data['stage']))} failed: ${String(data['message'])}`;
  return undefined;
}

function finished(event: TaskEvent): string | undefined {
  if (event.type !== 'stage.completed') return undefined;
  const { durationMs } = event.data;
  return `${stageText(stageOf(event))}: ${typeof durationMs === 'number' ? duration(durationMs) : 'done'}`;
}

function stageOf({ data }: TaskEvent): string {
  return typeof data['stage'] === 'string' ? data['stage'] : '';
}
