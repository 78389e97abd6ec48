/** The part of Turbo that the page uses: the package brings no types. */
declare module '@hotwired/turbo' {
  interface MorphOptions {
    callbacks?: { beforeNodeMorphed?: (node: Node, fresh: Node) => boolean };
  }
  export function morphElements(current: Element, fresh: Element, options?: MorphOptions): void;
  export function morphChildren(current: Element, fresh: Element, options?: MorphOptions): void;
  export const session: { navigator: { currentVisit?: { action: string; state: string; fail(): void } } };
  export function visit(location: string, options?: { action?: 'advance' | 'replace' | 'restore' }): void;
}
