/** A picture of boxes and arrows, as data: what it is of is its maker's. */
export interface Diagram {
  readonly title: string;
  /** What it comes to, one sentence each. */
  readonly summary: readonly string[];
  readonly boxes: readonly DiagramBox[];
  readonly arrows: readonly DiagramArrow[];
  /** What is not drawn, one sentence each. */
  readonly left: readonly string[];
}

export interface DiagramBox {
  readonly id: string;
  readonly label: string;
  /** Beside the others: where things come from, or go to. Absent: among them. */
  readonly side?: "left" | "right";
  readonly nodes: readonly DiagramNode[];
}

export interface DiagramNode {
  readonly id: string;
  readonly label: string;
  /** What is told of it where there is room. */
  readonly detail: string;
  readonly mark?: "alarm" | "quiet";
}

export interface DiagramArrow {
  /** Ids of nodes or boxes. */
  readonly from: string;
  readonly to: string;
  readonly label: string;
  /** False: nobody knows whether it is there. */
  readonly certain: boolean;
}
