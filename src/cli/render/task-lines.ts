import type { Task } from '../../core/task.ts';
import type { OutputStream } from '../io.ts';
import { type Field, fieldLines } from './fields.ts';
import { stageText } from './stage-names.ts';
import { statusStyle, statusText } from './status-text.ts';
import { duration, relativeTime } from './time.ts';

/** Everything about a task that its owner may want to know. */
export function taskLines(task: Task, stream: OutputStream, nowMs: number): readonly string[] {
  const { error, progress } = task;
  const fields: readonly Field[] = [
    ['task', task.id],
    ['type', task.type],
    ['status', statusText(task.status, task.partial), statusStyle(task.status, stream.colourLevel)],
    ['attempt', attemptText(task)],
    [
      'stage',
      task.status === 'processing' && progress ? `${stageText(progress.stage)} (${percent(progress.fraction)})` : null,
    ],
    ['logo', task.type === 'generation' || task.type === 'refinement' ? task.input.logoDescription : null],
    ['theme', task.type === 'generation' || task.type === 'refinement' ? task.input.themeDescription : null],
    ['prompt', task.type === 'refinement' ? task.input.refinementPrompt : null],
    ['user', task.userId],
    ['created', timeText(task.createdAt, stream, nowMs)],
    ['runs', waitsForLater(task, nowMs) ? timeText(task.runAt, stream, nowMs) : null],
    ['took', tookText(task)],
    ['concept', task.resultId],
    ['error', error ? `${error.code}: ${error.message}` : null],
    ['hint', error?.hint ?? null],
  ];
  return fieldLines(fields, stream);
}

function attemptText({ attempt, maxAttempts }: Task): string {
  // Beyond the last one nothing is attempted: what the others have finished is put together.
  return attempt > maxAttempts ? `closing run after ${maxAttempts} of ${maxAttempts}` : `${attempt} of ${maxAttempts}`;
}

/** What a task is about, in one text. */
export function taskSubject(task: Task): string {
  if (task.type === 'refinement') return task.input.refinementPrompt;
  if (task.type !== 'generation') return '';
  return [task.input.logoDescription, task.input.themeDescription].filter((part) => part !== '').join(' · ');
}

/** Relative on a terminal, ISO 8601 elsewhere. */
export function timeText(iso: string, { isTTY }: OutputStream, nowMs: number): string {
  return isTTY ? relativeTime(iso, nowMs) : iso;
}

function waitsForLater(task: Task, nowMs: number): boolean {
  return task.status === 'pending' && Date.parse(task.runAt) > nowMs;
}

function tookText({ startedAt, completedAt }: Task): string | null {
  if (startedAt === null || completedAt === null) return null;
  return duration(Date.parse(completedAt) - Date.parse(startedAt));
}

function percent(fraction: number): string {
  return `${Math.round(fraction * 100)} %`;
}
