import { sql } from "kysely";
import type { Database } from "./database.ts";

/** Time passes for the queue of a database, whose clock no test can turn. */
export async function passFor({ kysely }: Database, milliseconds: number): Promise<void> {
  const by = sql`${milliseconds}::float8 * interval '1 millisecond'`;
  await sql`update job set not_before = not_before - ${by}, leased_until = leased_until - ${by}`.execute(kysely);
}
