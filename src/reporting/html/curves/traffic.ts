import type { Series } from '../../../contracts/runs.ts';
import { showShare } from '../../values.ts';
import type { Range } from '../charts/frame.ts';
import { stackedArea, type Layer } from '../charts/stacked-area.ts';
import type { Steps } from '../charts/step-bands.ts';
import { markup, type Markup } from '../markup.ts';
import { TRAFFIC_PREFIX } from './chart-plan.ts';
import type { CurvePlaces } from './curve-places.ts';
import { curveTable } from './curve-table.ts';
import { figure } from './figure.ts';

const SHADES = 4;

/** Which node served how much of the traffic: on-demand nodes below, spot nodes hatched above. */
export function trafficFigure(
  all: readonly Series[],
  places: CurvePlaces,
  steps: Steps,
  timeMs: Range,
): Markup {
  const title = 'Traffic share of each node';
  const layers = layersOf(all);
  return figure(
    {
      title,
      subtitle: 'share of requests served, stacked; spot nodes are hatched',
      empty: layers.every(({ series }) => series.points.length === 0),
    },
    (size) =>
      stackedArea(
        {
          label: `${title}: ${layers.map(({ series }) => labelOf(series)).join(', ')}`,
          layers: layers.map((layer) => ({
            ...layer,
            series: { ...layer.series, name: labelOf(layer.series) },
          })),
          steps,
          timeMs,
          showValue: (value) => showShare(value),
        },
        size,
      ),
    curveTable(
      title,
      layers.flatMap((layer) => {
        const figures = places.get(layer.series);
        return figures === undefined
          ? []
          : [{ label: labelOf(layer.series), figures, swatch: swatchOf(layer) }];
      }),
      'share',
    ),
  );
}

function layersOf(all: readonly Series[]): Layer[] {
  const shares = all.filter(({ name }) => name.startsWith(TRAFFIC_PREFIX));
  const spot = shares.filter(isSpot);
  const onDemand = shares.filter((series) => !isSpot(series));
  const layer =
    (kind: string, hatched: boolean) =>
    (series: Series, index: number): Layer => ({
      series,
      colour: `${kind}-${String(index % SHADES)}`,
      hatched,
    });
  return [...onDemand.map(layer('on-demand', false)), ...spot.map(layer('spot', true))];
}

function isSpot({ name }: Series): boolean {
  return name.endsWith('(spot)');
}

function labelOf({ name }: Series): string {
  return name.slice(TRAFFIC_PREFIX.length);
}

function swatchOf({ colour, hatched }: Layer): Markup {
  return markup`<span class="swatch ${colour}${hatched ? ' hatched' : ''}" aria-hidden="true"></span>`;
}
