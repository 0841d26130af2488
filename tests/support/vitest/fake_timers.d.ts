/** The clock, as far as `vi` uses it. */
export interface Clock {
  setSystemTime(now: number | string | Date): void;
  countTimers(): number;
  reset(): void;
  next(): number;
  tick(ms: number): number;
  runAll(): number;
  runToLast(): number;
  nextAsync(): Promise<number>;
  tickAsync(ms: number): Promise<number>;
  runAllAsync(): Promise<number>;
  runToLastAsync(): Promise<number>;
  uninstall(): void;
}
/** Everything that can be faked here, by name. */
export const timers: Record<string, unknown>;
export function install(config: {
  now?: number | Date;
  toFake?: string[];
  shouldAdvanceTime?: boolean;
  ignoreMissingTimers?: boolean;
}): Clock;
