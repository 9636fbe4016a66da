/** Which of the policy's thresholds applies. */
export type Category = "vulnerability" | "configuration";
