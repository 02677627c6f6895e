/** Tells a stream that is silently dead from one that has nothing to say. */
export interface SilenceWatch {
  /** A message came: the stream lives. */
  onMessage(): void;
  /** The client reconnects, of which it tells nobody else. */
  onRetry(): void;
  close(): void;
}

export interface SilenceWatchOptions {
  readonly silenceMs: number;
  /** The stream is dead: open another one. */
  readonly onDead: () => void;
  /** Another one did not help, several times. */
  readonly onHopeless: () => void;
}

/** A healthy stream is renewed by the service now and then; so many times within the silence, it never got through. */
const RETRIES = 5;
const REVIVALS = 3;

export function watchSilence({ silenceMs, onDead, onHopeless }: SilenceWatchOptions): SilenceWatch {
  let retries: number[] = [];
  let revivals = 0;

  const look = (): void => {
    const since = performance.now() - silenceMs;
    retries = retries.filter((at) => at > since);
    if (retries.length < RETRIES) return;
    retries = [];
    revivals += 1;
    if (revivals <= REVIVALS) return onDead();
    clearInterval(looking);
    onHopeless();
  };
  const looking = setInterval(look, silenceMs / 4);
  looking.unref();

  return {
    onMessage: () => {
      retries = [];
      revivals = 0;
    },
    onRetry: () => void retries.push(performance.now()),
    close: () => clearInterval(looking),
  };
}
