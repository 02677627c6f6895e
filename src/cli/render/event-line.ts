import type { TaskEvent } from '../../core/event.ts';
import type { OutputStream } from '../io.ts';
import { paint } from './paint.ts';
import { printable } from './printable.ts';
import { duration } from './time.ts';

/** One event as a line: time, type, and what the event says. */
export function eventLine(event: TaskEvent, { isTTY, colourLevel }: OutputStream): string {
  const { dim } = paint(colourLevel);
  const details = detailsOf(event).map(printable);
  if (!isTTY) return [event.at, event.type, `attempt ${event.attempt}`, ...details].join('\t').trimEnd();
  const time = dim(event.at.slice(11, 23));
  return `${time}  ${eventType(event, colourLevel)}  ${details.join('  ')}`.trimEnd();
}

const TYPE_WIDTH = 'stage.completed'.length;

function eventType({ type }: TaskEvent, colourLevel: OutputStream['colourLevel']): string {
  const { green, red, yellow, cyan, dim } = paint(colourLevel);
  const padded = type.padEnd(TYPE_WIDTH);
  if (type === 'completed') return green(padded);
  if (type === 'failed' || type === 'stage.failed' || type === 'cancelled') return red(padded);
  if (type === 'rescheduled' || type === 'released' || type === 'lease.expired') return yellow(padded);
  return type === 'stage.started' ? dim(padded) : cyan(padded);
}

function detailsOf({ data }: TaskEvent): readonly string[] {
  const { stage, durationMs, message } = data;
  return [
    ...(typeof stage === 'string' ? [stage] : []),
    ...(typeof durationMs === 'number' ? [duration(durationMs)] : []),
    ...(typeof message === 'string' ? [message] : []),
    ...errorDetails(data['error']),
  ];
}

function errorDetails(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return [];
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return [`${String(code)}: ${String(message)}`];
}
