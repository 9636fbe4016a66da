/**
 * Reads the whole history of the repository named, looks at nothing, and prints what it held; with `untraced` files,
 * commits and tags alone, as is enough where nothing is found in them. `node read-history.ts REPOSITORY [untraced]`
 */
import { everyBlob, history } from "../src/engines/git/history.ts";
import { openRepository } from "../src/engines/git/repository.ts";
import { traceHistory } from "../src/engines/git/trace.ts";

using repository = openRepository(process.argv[2] ?? "", { outside: true });
if (repository === undefined) throw new Error("it is no repository");
if (process.argv[3] === "untraced") {
  for (const _ of everyBlob(repository));
  for (const _ of traceHistory(repository, { unreachable: false, wantsTrees: () => false }));
  process.exit();
}
const items = history(repository, { unreachable: false, copies: true });
let fresh = 0;
for (let item = items.next(); ; item = items.next()) {
  if (item.done) {
    if (item.value.gaps.length > 0) throw new Error(item.value.gaps[0]?.reason);
    process.stdout.write(JSON.stringify({ ...item.value, fresh }));
    break;
  }
  if (item.value.kind !== "blob") continue;
  fresh += item.value.bytes.length;
  const stretches = item.value.copied?.stretches ?? [];
  for (let at = 2; at < stretches.length; at += 3) fresh -= stretches[at] as number;
}
