/** Terms and what they are, as rows of a `dl`. */
export function FactRows({ facts }: { readonly facts: readonly (readonly [term: string, value: string])[] }) {
  return facts.map(([term, value]) => (
    <div key={term} className="fact">
      <dt className="muted">{term}</dt>
      <dd>{value}</dd>
    </div>
  ));
}
