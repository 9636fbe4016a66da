/** Which user an image runs as, for workloads that name it. */
export type ImageUser =
  /** `user` is as the image's configuration states it, `ports` too: `80/tcp`. */
  | { readonly known: "root" | "named" | "number"; readonly user: string; readonly ports: readonly string[] }
  | { readonly known: "no" };

/** By the name that a workload states. */
export type ImageUsers = (image: string) => ImageUser;

export const noImageUsers: ImageUsers = () => ({ known: "no" });
