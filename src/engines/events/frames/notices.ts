/** What the sensor says of itself. */
export interface SensorNotices {
  /** A count or a time that it measured: `hook nanoseconds` → 12_000_000. */
  metric?(name: string, value: bigint): void;
  /** What this host's kernel or configuration keeps it from seeing. */
  missing?(what: string, why: string): void;
}
