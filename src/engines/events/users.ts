/** Users and groups, as the host or a container names them. Texts are byte strings (`fields/field.ts`). */

export interface UserFacts {
  readonly id: number;
  readonly name: string;
  readonly gid?: number;
  readonly home?: string;
  readonly shell?: string;
}

export interface GroupFacts {
  readonly id: number;
  readonly name: string;
}
