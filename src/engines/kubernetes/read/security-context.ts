import type { PodSecurityContext, Profile, SELinuxOptions, SecurityContext, WindowsOptions } from "../pod-model.ts";
import { type Fields, stated } from "./fields.ts";

/** What a pod's and a container's context have in common. */
export function sharedSecurity(
  fields: Fields,
): Pick<
  SecurityContext & PodSecurityContext,
  | "runAsUser"
  | "runAsGroup"
  | "runAsNonRoot"
  | "seLinuxOptions"
  | "seccompProfile"
  | "appArmorProfile"
  | "windowsOptions"
> {
  return stated({
    runAsUser: fields.integer("runAsUser"),
    runAsGroup: fields.integer("runAsGroup"),
    runAsNonRoot: fields.boolean("runAsNonRoot"),
    seLinuxOptions: readSELinux(fields.fields("seLinuxOptions")),
    seccompProfile: readProfile(fields.fields("seccompProfile")),
    appArmorProfile: readProfile(fields.fields("appArmorProfile")),
    windowsOptions: readWindows(fields.fields("windowsOptions")),
  });
}

export function readPodSecurityContext(fields: Fields | undefined): PodSecurityContext | undefined {
  if (fields === undefined) return undefined;
  return stated({
    ...sharedSecurity(fields),
    fsGroup: fields.integer("fsGroup"),
    fsGroupChangePolicy: fields.string("fsGroupChangePolicy"),
    supplementalGroups: fields.integers("supplementalGroups"),
    supplementalGroupsPolicy: fields.string("supplementalGroupsPolicy"),
    sysctls: fields
      .list("sysctls")
      .map((sysctl) => ({ name: sysctl.string("name") ?? "", value: sysctl.string("value") ?? "" })),
    seLinuxChangePolicy: fields.string("seLinuxChangePolicy"),
  });
}

function readSELinux(fields: Fields | undefined): SELinuxOptions | undefined {
  if (fields === undefined) return undefined;
  return stated({
    user: fields.string("user"),
    role: fields.string("role"),
    type: fields.string("type"),
    level: fields.string("level"),
  });
}

function readProfile(fields: Fields | undefined): Profile | undefined {
  if (fields === undefined) return undefined;
  return stated({ type: fields.string("type"), localhostProfile: fields.string("localhostProfile") });
}

function readWindows(fields: Fields | undefined): WindowsOptions | undefined {
  if (fields === undefined) return undefined;
  return stated({
    hostProcess: fields.boolean("hostProcess"),
    runAsUserName: fields.string("runAsUserName"),
    gmsaCredentialSpecName: fields.string("gmsaCredentialSpecName"),
  });
}
