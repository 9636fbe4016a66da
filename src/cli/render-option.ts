/** What `--render` does, said alike by every command that has it. */
export const RENDER = "render Kustomize and Helm with local kubectl and helm";
