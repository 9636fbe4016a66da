/** All fields of the source `syscall`. */
import type { SyscallEvent } from "../event.ts";
import { ancestorFields } from "./ancestors.ts";
import { anySourceFields } from "./any-source.ts";
import { connectionFields } from "./connection.ts";
import { containerFields } from "./container.ts";
import { eventFields } from "./evt.ts";
import { argumentFields } from "./evt-arguments.ts";
import { descriptorFields } from "./fd.ts";
import { descriptorListFields } from "./fdlist.ts";
import type { Field } from "./field.ts";
import { pathFields } from "./fs-path.ts";
import { podFields } from "./k8s.ts";
import { processFields } from "./proc.ts";
import { reachedPathFields } from "./reached-path.ts";
import { type Fields, fieldsBy } from "./registry.ts";
import { sessionFields } from "./session.ts";
import { threadFields } from "./thread.ts";
import { userFields } from "./user.ts";

const anyFields: readonly Field<SyscallEvent>[] = anySourceFields<SyscallEvent>({
  source: "syscall",
  hostname: ({ host }) => host?.hostname,
  firstTime: ({ host }) => host?.firstTime,
});

export const syscallFields: Fields<SyscallEvent> = fieldsBy("syscall", [
  ...anyFields,
  ...eventFields,
  ...argumentFields,
  ...processFields,
  ...ancestorFields,
  ...sessionFields,
  ...threadFields,
  ...descriptorFields,
  ...connectionFields,
  ...pathFields,
  ...reachedPathFields,
  ...descriptorListFields,
  ...userFields,
  ...containerFields,
  ...podFields,
]);
