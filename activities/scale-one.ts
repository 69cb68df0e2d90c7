/**
 * What a stretch of world time would last were world time wall time. The part that is bound to the world (gathering
 * samples, a machine that boots) takes its world time at any scale; the rest is the platform's own work, which takes wall
 * time at any scale and which a faster world only stretches.
 */
export function atScaleOne(
  { worldSeconds, boundSeconds }: { readonly worldSeconds: number; readonly boundSeconds: number },
  timeScale: number,
): number {
  return boundSeconds + (worldSeconds - boundSeconds) / timeScale;
}
