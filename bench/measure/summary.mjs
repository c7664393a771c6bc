import { spread } from './statistics.mjs';

const FIGURES = ['cpuMicros', 'perSecond', 'p50Ms', 'p99Ms', 'loopP99Ms', 'peakRssBytes', 'startMs', 'rssBytes'];

/** Medians with their least and greatest. Ratios and differences are taken round by round, to the baseline of the same round. */
export function summarise(variants, samples) {
  const ofVariant = ({ name, baseline }) => {
    const own = samples.get(name);
    const based = samples.get(baseline);
    const against = (compare) =>
      based === undefined ? null : spread(own.map((sample, round) => compare(sample, based[round])));
    const figures = FIGURES.filter((figure) => typeof own[0]?.[figure] === 'number');
    return {
      ...Object.fromEntries(figures.map((figure) => [figure, spread(own.map((sample) => sample[figure]))])),
      ...(figures.includes('cpuMicros') && {
        cpuRatio: against((sample, base) => base.cpuMicros / sample.cpuMicros),
        addedMicros: against((sample, base) => sample.cpuMicros - base.cpuMicros),
        throughputRatio: against((sample, base) => sample.perSecond / base.perSecond),
      }),
      ...(figures.includes('startMs') && {
        startRatio: against((sample, base) => sample.startMs / base.startMs),
        addedRssBytes: against((sample, base) => sample.rssBytes - base.rssBytes),
      }),
    };
  };
  return Object.fromEntries(variants.map((variant) => [variant.name, ofVariant(variant)]));
}
