import { Command } from 'commander';
import { fromUser } from './config.ts';
import { endWithReader } from './standard-output.ts';
import { type Choices, choiceFlags } from './transcribe/choices.ts';

const examples = `
Examples:
  transcribe talk.mp3                                the text, on the screen
  transcribe talk.mp3 > talk.txt                     the text, in a file
  transcribe talk.mp3 --speakers auto --format md    with speakers, to read
  transcribe *.m4a --format txt,srt --out texts      text and subtitles of many, in the folder texts
  transcribe interviews --out texts                  all recordings in a folder and the folders in it
  transcribe interviews --out texts --json           the same, with a line of JSON for each
  transcribe interviews --out texts --controller https://transcribe.example.org
                                                     the same, by another machine; its token stands in CONTROLLER_TOKEN
  transcribe -- -odd-name.wav                        a name that begins with a hyphen

What was stopped goes on with the same command: what is done is passed by, a recording goes on behind its last finished window.
Several recordings of the same name are numbered: talk.txt, talk (2).txt.
Progress and problems go to standard error.
Exit code: 0 all transcribed, 1 some were not, 2 a setting or the folder is wrong, 130 stopped by Ctrl-C.`;

export const transcribeCommand = (): Command => {
  const command = new Command('transcribe')
    .description('Transcribe recordings, with the engine on this computer or by a controller.')
    .argument('<file...>', 'audio or video files, or folders of them');
  for (const flag of choiceFlags()) command.addOption(flag);
  return command.addHelpText('after', examples).action(async (named: string[], choices: Choices) => {
    endWithReader();
    const { transcribe } = await import('./transcribe/transcribe.ts');
    process.exitCode = await transcribe(named.map(fromUser), choices);
  });
};
