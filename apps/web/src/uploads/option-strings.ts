/** The choices that few need; part of the catalogue in strings.ts. */
export const optionStrings = {
  title: 'More options',
  more: (changed: number) => (changed === 0 ? 'More' : `More (${changed} changed)`),
  accurate: 'More accurate',
  accurateHelp: 'Searches wider in difficult recordings; takes about twice as long.',
  wordTimes: 'A time on every word',
  wordTimesHelp: 'For captions and for programs that read the data.',
  translate: 'Translate into English',
  translateHelp: 'The text is English, whatever is spoken.',
  glossary: 'Names and terms',
  glossaryHelp: 'One on each line, the most important first. They are then spelled so.',
  prompt: 'How it is to be written',
  promptHelp: 'A few sentences in the spelling and style that you expect.',
  noPrompt: 'This model takes no names, terms or style. Another model may.',
};
