import { ChoiceMenu } from '../controls/choice-menu.tsx';
import { useSession } from '../parts.ts';
import { strings } from '../strings.ts';
import { type JobChoices, usable } from './job-choices.ts';

interface JobOptionsProps {
  readonly chosen: JobChoices;
  readonly onChange: (change: Partial<JobChoices>) => void;
}

/** The choices of a job that stand in sight: model, language, and where it runs where there is a choice. */
export function JobOptions({ chosen, onChange }: JobOptionsProps) {
  const { system } = useSession();
  if (!system) return null;
  const { info, model, language, compute } = usable(chosen, system);
  const words = strings.uploads;
  return (
    <div className="job-options">
      {system.models.length > 1 && (
        <ChoiceMenu
          label={words.modelLabel}
          chosen={words.model(info?.name ?? model)}
          value={model}
          choices={system.models.map(({ id, name }) => [id, name] as const)}
          onChange={(id) => onChange({ model: id })}
        />
      )}
      {info && info.languages.length > 1 && (
        <ChoiceMenu
          label={words.languageLabel}
          chosen={words.languageChosen(language)}
          value={language}
          choices={['', ...info.languages].map((code) => [code, words.languageChoice(code)] as const)}
          onChange={(code) => onChange({ language: code })}
        />
      )}
      {system.routing.mode !== 'off' && (
        <ChoiceMenu
          label={strings.place.label}
          chosen={strings.place.choose(compute)}
          value={compute}
          choices={system.routing.choices.map((choice) => [choice, strings.place.choice(choice)] as const)}
          onChange={(choice) => onChange({ compute: choice })}
        />
      )}
    </div>
  );
}
