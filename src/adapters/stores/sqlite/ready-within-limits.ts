import { WIRE_NAMES } from '../../../core/task.ts';
import type { ClaimRequest } from '../../../ports/task-leases.ts';
import { type ClaimRoom, roomWithin } from './claim-room.ts';
import { hasParked, park } from './parked-tasks.ts';
import { mergeLines, namedTask, type ReadyRow } from './ready-tasks.ts';
import type { Session } from './session.ts';

/** Tasks looked at beyond those wanted, and how often: bounds what one claim can cost when many users are at their limit. */
const LOOK_AHEAD = 100;
const MAX_LOOKS = 10;

const SELECT_READY_OF_USERS = `
  SELECT seq, priority, turn, type, user_id AS userId FROM task WHERE status = 'pending' AND waiting = 0 AND type = ?
  ORDER BY priority DESC, turn, seq LIMIT ?`;
const SELECT_USER = 'SELECT user_id AS userId FROM task WHERE seq = ?';

interface Candidate extends ReadyRow {
  readonly type: string;
  readonly userId: string;
}

/** The next tasks in line that the limits let through; tasks of users at their limit are parked on the way. */
export function readyWithinLimits(session: Session, request: ClaimRequest, count: number): readonly ReadyRow[] {
  const room = roomWithin(session, request);
  const wanted = Math.min(count, room.total);
  if (request.taskId !== undefined) return namedWithinLimits(session, request, room, wanted);
  const taken = new Map<number, Candidate>();
  for (let look = 0; look < MAX_LOOKS && taken.size < wanted; look++) {
    const candidates = candidatesOf(session, room, wanted + LOOK_AHEAD);
    if (!takeFrom(session, candidates, { room, taken, wanted })) return [...taken.values()];
  }
  // The looks ran out before the line did: whoever waits for work has to come again to get past those at their limit.
  if (taken.size < wanted) session.mark('work');
  return [...taken.values()];
}

/** Whether a claim may find something: what it may take, or must park first. */
export function mayClaimWithinLimits(session: Session, request: ClaimRequest): boolean {
  const room = roomWithin(session, request);
  if (room.total < 1) return false;
  if (request.taskId !== undefined) return namedWithinLimits(session, request, room, 1).length > 0;
  if (candidatesOf(session, room, 1).length > 0) return true;
  // Parked for another worker's limit per user, which this one does not have.
  return request.limits?.perUser === undefined && hasParked(session);
}

function namedWithinLimits(
  session: Session,
  { types, taskId }: ClaimRequest,
  room: ClaimRoom,
  wanted: number,
): readonly ReadyRow[] {
  if (wanted < 1) return [];
  return namedTask(session, types, taskId!).filter(({ seq, type }) => {
    return room.hasRoom(type) && !room.isFull(session.one<{ userId: string }>(SELECT_USER, seq)!.userId);
  });
}

function candidatesOf(session: Session, room: ClaimRoom, count: number): readonly Candidate[] {
  const lines = room.types().map((type) => session.all<Candidate>(SELECT_READY_OF_USERS, WIRE_NAMES[type], count));
  return mergeLines(lines);
}

/** @returns whether another look may find more: some were parked out of the way. */
function takeFrom(
  session: Session,
  candidates: readonly Candidate[],
  { room, taken, wanted }: { room: ClaimRoom; taken: Map<number, Candidate>; wanted: number },
): boolean {
  let hasParked = false;
  for (const candidate of candidates) {
    if (taken.size >= wanted) return false;
    if (taken.has(candidate.seq) || !room.hasRoom(candidate.type)) continue;
    if (room.isFull(candidate.userId)) {
      park(session, candidate.seq);
      hasParked = true;
      continue;
    }
    room.take(candidate.type, candidate.userId);
    taken.set(candidate.seq, candidate);
  }
  return hasParked;
}
