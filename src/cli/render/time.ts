const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "45 ms", "1.2 s", "2 min 5 s". */
export function duration(ms: number): string {
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  if (ms < MINUTE) return `${(ms / SECOND).toFixed(1)} s`;
  const minutes = Math.floor(ms / MINUTE);
  return `${minutes} min ${Math.round((ms % MINUTE) / SECOND)} s`;
}

/** "just now", "5 min ago", "in 2 h". */
export function relativeTime(iso: string, nowMs: number): string {
  const difference = nowMs - Date.parse(iso);
  const distance = Math.abs(difference);
  if (distance < 5 * SECOND) return 'just now';
  const amount = largestUnit(distance);
  return difference > 0 ? `${amount} ago` : `in ${amount}`;
}

function largestUnit(ms: number): string {
  if (ms < MINUTE) return `${Math.round(ms / SECOND)} s`;
  if (ms < HOUR) return `${Math.round(ms / MINUTE)} min`;
  if (ms < DAY) return `${Math.round(ms / HOUR)} h`;
  return `${Math.round(ms / DAY)} d`;
}
