/** The clock, as far as `vi` uses it. */
export interface Clock {
  countTimers(): number;
  tickAsync(ms: number): Promise<number>;
  uninstall(): void;
}
/** Everything that can be faked here, by name. */
export const timers: Record<string, unknown>;
export function install(config: {
  now: number;
  toFake: string[];
  ignoreMissingTimers: boolean;
}): Clock;
