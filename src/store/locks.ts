import { sql } from "kysely";
import { asked, type Database } from "./database.ts";
import type { Locks } from "./model.ts";

export function storeLocks(database: Database): Locks {
  return {
    tryHold: (name, lost = () => {}) => asked(database, () => database.hold(name, lost)),
    claim: (name, value) =>
      asked(database, async (kysely) => {
        for (;;) {
          const { rows } = await sql<{ readonly value: string }>`
            with made as (
              insert into claim (name, value) values (${name}, ${value}) on conflict do nothing returning value
            )
            select value from made union all select value from claim where name = ${name} limit 1`.execute(kysely);
          const holds = rows[0]?.value;
          // Nothing: another's was committed after this statement began, which the next one sees.
          if (holds !== undefined) return holds;
        }
      }),
    release: async (name, value) => {
      await asked(database, (kysely) =>
        sql`delete from claim where name = ${name} and value = ${value}`.execute(kysely),
      );
    },
  };
}
