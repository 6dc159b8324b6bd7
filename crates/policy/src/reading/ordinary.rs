//! Words with a capital that name no company: terms a policy defines, places,
//! laws, months.

/// A phrase counts as ordinary where every word of it is.
const ORDINARY: &str = " \
    abuse affiliate affiliates associations available competent entities fraud prevention public publicly reseller resellers source sources subsidiaries subsidiary transaction transactions vendors applications independent contractors business owners published legal regulatory requirements \
    a account accounts act ads agreement aggregated all america analytics and android any api app apple's application \
    applications april article asia august authorities authority basis belgium board bodies \
    brazil browser bureau california canada categories category ccpa chapter children china clause clauses client clients \
    code columbia commission commissioner community companies company consent consumer content contract contractual controller cookie cookies \
    copyright corporate corporation country court cpra customer customers data december delaware denmark department details device devices \
    directive district dns do eea email england enterprise eu europe european faq february federal for form forum \
    framework france free from gdpr germany global government group here how http https i if in inc india information \
    interests internet invoices ip ireland it italy its january japan july june jurisdiction kingdom last law laws legal legitimate limited list llc location \
    log logs ltd luxembourg mail march marketing may member members mobile my national netherlands new no not notice november number october of \
    office officer on one only or organization other our page pages parliament parties partner partners party payment payments personal person phone platform \
    policies policy portal postal privacy process processing processor product products profile program protection provider providers purpose \
    quebec region registry regulation relay representative republic request requests residents right rights safe section security september server servers service \
    services settings shield site sites software sso standard state statement states store subject subprocessors subscriber subscribers \
    support swiss switzerland team term terms the their them these they third this those to track tracking trade transfer \
    uk union united url us usa usage use user users vendor version virginia visitor visitors washington we web website \
    websites what when where which who why with world you your york zealand zone january february sunday monday \
    tuesday wednesday thursday friday saturday pdf json csv tls ssl aes html sms cctv vpn captcha id ids enforcement pixel pixels tag tags beacon beacons gif gifs protocol transport layer socket layer json oauth ssh sdk sdks url urls sms hr it b2b saas ai opt out ";

/// Whether every word is an ordinary one.
pub(crate) fn is_ordinary(written: &str) -> bool {
    written
        .to_lowercase()
        .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
        .filter(|word| !word.is_empty())
        .all(|word| {
            let mut padded = String::with_capacity(word.len() + 2);
            padded.push(' ');
            padded.push_str(word);
            padded.push(' ');
            ORDINARY.contains(&padded)
        })
}
