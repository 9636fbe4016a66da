import { Problem } from "../../../../core/problem.ts";
import type { SqliteObject } from "./sqlite.ts";

/** As rpm makes it (lib/backend/sqlite.c, `init_table`), without white space and quotes. */
const PACKAGES = "createtablepackages(hnumintegerprimarykeyautoincrement,blobblobnotnull)";

/** SQLite takes a name from the statement, and the column beside it only says what it should be. */
const TABLE = /^create table ('?)([a-z0-9_]+)\1 ?\(/i;
const INDEX = /^create index ('?)([a-z0-9_]+)\1 on ('?)([a-z0-9_]+)\3 ?\(/i;

/**
 * Holds the schema of an rpm database to the one that rpm makes. In any other a `SELECT hnum, blob FROM Packages` may
 * give other rows than the table of that name has: columns in another order, generated ones, a view or a trigger, an
 * index that covers the columns, a name that is another's in the statement.
 *
 * @throws Problem `contents.rpm-schema`, kind input
 */
export function checkRpmSchema(objects: readonly SqliteObject[]): void {
  let found = false;
  for (const { type, name, table, sql } of objects) {
    if (type === "table") {
      const named = TABLE.exec(sql ?? "")?.[2];
      if (named !== name) throw foreign(`a table ${shown(name)} is made under another name`);
      if (name.toLowerCase() !== "packages") continue;
      if (found) throw foreign("two tables Packages");
      if ((sql ?? "").replace(/[\s'"]/g, "").toLowerCase() !== PACKAGES) {
        throw foreign("its table Packages has other columns than rpm's");
      }
      found = true;
    } else if (type === "index") {
      const of = INDEX.exec(sql ?? "");
      if (of?.[2] !== name || of[4] !== table) throw foreign(`an index ${shown(name)} is made under another name`);
      if (table.toLowerCase() === "packages") throw foreign("an index on the table Packages");
    } else {
      throw foreign(`a ${shown(type)} ${shown(name)}`);
    }
  }
  if (!found) throw foreign("no table Packages");
}

function shown(text: string): string {
  return text.slice(0, 40);
}

function foreign(cause: string): Problem {
  return new Problem({ kind: "input", code: "contents.rpm-schema", place: "schema", cause });
}
