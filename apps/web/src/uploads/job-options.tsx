import { ChoiceMenu } from '../controls/choice-menu.tsx';
import { useSession } from '../parts.ts';
import { fileSize } from '../sizes.ts';
import { strings } from '../strings.ts';
import { type JobChoices, usable } from './job-choices.ts';
import { MoreOptions } from './more-options.tsx';
import { PresetMenu } from './presets.tsx';

/** As a number that people know beforehand; more are found out. */
const SPEAKER_CHOICES = ['', 'off', ...Array.from({ length: 12 }, (_, i) => String(i + 1))];

/** By name, as people look for one. */
const languageChoices = (codes: readonly string[]) => {
  const named = codes.map((code) => [code, strings.uploads.languageChoice(code)] as const);
  return [['', strings.uploads.languageChoice('')] as const, ...named.sort(([, a], [, b]) => a.localeCompare(b, strings.locale))];
};

interface JobOptionsProps {
  readonly chosen: JobChoices;
  readonly onChange: (change: Partial<JobChoices>) => void;
}

/** The choices of a job that stand in sight: model, language, speakers, where it runs where there is a choice, and the way to the rest. */
export function JobOptions({ chosen, onChange }: JobOptionsProps) {
  const { system } = useSession();
  if (!system) return null;
  const choices = usable(chosen, system);
  const { info, model, language, compute, speakers, places } = choices;
  const models = [
    ...system.models.map(({ id, name }) => [id, name] as const),
    ...system.fetchable.map(({ id, name, maxBytes }) => [id, strings.uploads.toFetch(name, fileSize(maxBytes))] as const),
  ];
  const words = strings.uploads;
  return (
    <div className="job-options">
      <PresetMenu onChoose={onChange} />
      {models.length > 1 && (
        <ChoiceMenu
          label={words.modelLabel}
          chosen={words.model(info?.name ?? model)}
          value={model}
          choices={models}
          onChange={(id) => onChange({ model: id })}
        />
      )}
      {info && info.languages.length > 1 && (
        <ChoiceMenu
          label={words.languageLabel}
          chosen={words.languageChosen(language)}
          value={language}
          choices={languageChoices(info.languages)}
          onChange={(code) => onChange({ language: code })}
        />
      )}
      <ChoiceMenu
        label={words.speakersLabel}
        chosen={words.speakersChosen(speakers)}
        value={speakers}
        choices={SPEAKER_CHOICES.map((value) => [value, words.speakersChoice(value)] as const)}
        onChange={(value) => onChange({ speakers: value })}
      />
      {system.routing.mode !== 'off' && (
        <ChoiceMenu
          label={strings.place.label}
          chosen={strings.place.choose(compute)}
          value={compute}
          choices={places.map((choice) => [choice, strings.place.choice(choice)] as const)}
          onChange={(choice) => onChange({ compute: choice })}
        />
      )}
      <MoreOptions chosen={choices} onChange={onChange} />
    </div>
  );
}
