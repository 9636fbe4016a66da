/** Fields of users and groups, by the names that the container has for them, or the host. */
import type { SyscallEvent } from "../event.ts";
import type { Thread } from "../state/thread.ts";
import type { UserFacts } from "../users.ts";
import { ofThread, type SyscallField } from "./define.ts";

/** What stands for a name that nothing tells. It is a value, so that `user.name != root` holds for it, as rules expect. */
const NOT_KNOWN = "<NA>";

function containerOf({ container }: Thread): string | undefined {
  return container === undefined || container === "host" ? undefined : container.id;
}

function userOf(id: number, thread: Thread, { host }: SyscallEvent): UserFacts | undefined {
  return host?.userOf(id, containerOf(thread));
}

function nameOf(id: number, user: { readonly name: string } | undefined): string {
  return user?.name ?? (id === 0 ? "root" : NOT_KNOWN);
}

export const userFields: readonly SyscallField[] = [
  ofThread("user.uid", "number", "Id of the user", (thread) => thread.uid),
  ofThread("user.name", "text", "Name of the user; `<NA>` where nothing tells it", (thread, event) =>
    nameOf(thread.uid, userOf(thread.uid, thread, event)),
  ),
  ofThread("user.homedir", "path", "Home directory of the user", (thread, event) => {
    const user = userOf(thread.uid, thread, event);
    if (user === undefined) return thread.uid === 0 ? "/root" : NOT_KNOWN;
    return user.home ?? NOT_KNOWN;
  }),
  ofThread(
    "user.shell",
    "path",
    "Shell of the user",
    (thread, event) => userOf(thread.uid, thread, event)?.shell ?? NOT_KNOWN,
  ),
  ofThread(
    "user.loginuid",
    "number",
    "Id of the user who logged in; -1 where nobody did",
    (thread) => thread.loginUid ?? -1,
  ),
  ofThread("user.loginname", "text", "Name of the user who logged in; `<NA>` where nobody did", (thread, event) =>
    thread.loginUid === undefined ? NOT_KNOWN : nameOf(thread.loginUid, userOf(thread.loginUid, thread, event)),
  ),
  ofThread("group.gid", "number", "Id of the group", (thread) => thread.gid),
  ofThread("group.name", "text", "Name of the group; `<NA>` where nothing tells it", (thread, event) =>
    nameOf(thread.gid, event.host?.groupOf(thread.gid, containerOf(thread))),
  ),
];
