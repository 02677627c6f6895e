import type { ClaimRequest } from '../../../ports/task-leases.ts';
import { type ClaimRoom, roomWithin } from './claim-room.ts';
import { hasParked, park } from './parked-tasks.ts';
import { hasReady, type NamedRow, namedTask, readyRows } from './ready-tasks.ts';
import type { Session } from './session.ts';
import type { PendingRow } from './task-row.ts';

/** Tasks looked at beyond those wanted, and how often: bounds what one claim can cost when many users are at their limit. */
const LOOK_AHEAD = 100;
const MAX_LOOKS = 10;

const SELECT_USER = 'SELECT user_id AS userId FROM task WHERE seq = ?';

/** The next tasks in line that the limits let through; tasks of users at their limit are parked on the way. */
export function rowsWithinLimits(session: Session, request: ClaimRequest, count: number): readonly PendingRow[] {
  const room = roomWithin(session, request);
  const wanted = Math.min(count, room.total);
  const taken = new Map<number, PendingRow>();
  const more = request.limits?.perUser === undefined ? 0 : LOOK_AHEAD;
  for (let look = 0; look < MAX_LOOKS && taken.size < wanted; look++) {
    const candidates = readyRows(session, room.types(), wanted + more);
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
  if (request.taskId !== undefined) return namedWithinLimits(session, request, room).length > 0;
  if (hasReady(session, { ...request, types: room.types() })) return true;
  // Parked for another worker's limit per user, which this one does not have.
  return request.limits?.perUser === undefined && hasParked(session);
}

/** The task that the claim names, when the limits let it through. */
export function namedWithinLimits(
  session: Session,
  request: ClaimRequest,
  room: ClaimRoom = roomWithin(session, request),
): readonly NamedRow[] {
  const { types, taskId } = request;
  if (room.total < 1) return [];
  return namedTask(session, types, taskId!).filter(({ seq, type }) => {
    return room.hasRoom(type) && !room.isFull(session.one<{ userId: string }>(SELECT_USER, seq)!.userId);
  });
}

/** @returns whether another look may find more: some were parked out of the way. */
function takeFrom(
  session: Session,
  candidates: readonly PendingRow[],
  { room, taken, wanted }: { room: ClaimRoom; taken: Map<number, PendingRow>; wanted: number },
): boolean {
  let hasParked = false;
  for (const candidate of candidates) {
    if (taken.size >= wanted) return false;
    if (taken.has(candidate.seq) || !room.hasRoom(candidate.type)) continue;
    if (room.isFull(candidate.user_id)) {
      park(session, candidate.seq);
      hasParked = true;
      continue;
    }
    room.take(candidate.type, candidate.user_id);
    taken.set(candidate.seq, candidate);
  }
  return hasParked;
}
