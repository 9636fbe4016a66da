export function explained(_rule: string, _event: string, _side: "ours" | "theirs"): string | undefined {
  return undefined;
}
