/** One thing that a deployment needs, and what has been found or done about it. */
export interface PlanStep {
  readonly kind: 'topic' | 'subscription' | 'grant';
  readonly name: string;
  /** `cannot`: somebody has to do it; the detail says what. */
  readonly action: 'create' | 'update' | 'keep' | 'grant' | 'cannot';
  /** What is set, or what differs. */
  readonly detail: string;
}
