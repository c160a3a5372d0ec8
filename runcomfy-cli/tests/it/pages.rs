//! Pages of a model in several languages, with the same schema.

/// The words of a page.
pub(crate) struct Language {
    pub(crate) code: &'static str,
    run: &'static str,
    keys: &'static str,
    status: &'static str,
    input: &'static str,
    output: &'static str,
    prompt: &'static str,
    picture: &'static str,
    frames: &'static str,
    about: &'static str,
}

pub(crate) const LANGUAGES: [Language; 8] = [
    Language {
        code: "en",
        run: "Run the model with this call.",
        keys: "Set YOUR_API_TOKEN to your API key.",
        status: "Gives the state of a request (\"in_queue\", \"completed\").",
        input: "Input schema",
        output: "Output schema",
        prompt: "What happens",
        picture: "First picture",
        frames: "Number of Frames",
        about: "A video from a text and a picture.",
    },
    Language {
        code: "de",
        run: "Rufen Sie das Modell so auf.",
        keys: "Weisen Sie YOUR_API_TOKEN Ihren Schlüssel zu.",
        status: "Zeigt den Stand einer Anfrage („in_queue“, „completed“).",
        input: "Eingabeschema",
        output: "Ausgabeschema",
        prompt: "Was geschieht",
        picture: "Erstes Bild",
        frames: "Zahl der Bilder",
        about: "Ein Video aus einem Text und einem Bild.",
    },
    Language {
        code: "fr",
        run: "Appelez le modèle ainsi.",
        keys: "Mettez votre clé dans YOUR_API_TOKEN ; n'oubliez pas l'en-tête.",
        status: "Donne l'état d'une demande (« in_queue », « completed »).",
        input: "Schéma d'entrée",
        output: "Schéma de sortie",
        prompt: "Ce qui se passe",
        picture: "Première image",
        frames: "Nombre d'images",
        about: "Une vidéo à partir d'un texte et d'une image.",
    },
    Language {
        code: "ja",
        run: "次のようにモデルを呼び出します。",
        keys: "YOUR_API_TOKEN に API キーを設定します。",
        status: "リクエストの状態を返します（\"in_queue\"、\"completed\"）。",
        input: "入力スキーマ",
        output: "出力スキーマ",
        prompt: "内容",
        picture: "最初の画像",
        frames: "フレーム数",
        about: "テキストと画像から動画を作ります。",
    },
    Language {
        code: "ko",
        run: "이렇게 모델을 호출합니다.",
        keys: "YOUR_API_TOKEN 에 API 키를 넣으세요.",
        status: "요청의 상태를 알려 줍니다(\"in_queue\", \"completed\").",
        input: "입력 스키마",
        output: "출력 스키마",
        prompt: "내용",
        picture: "첫 이미지",
        frames: "프레임 수",
        about: "텍스트와 이미지로 동영상을 만듭니다.",
    },
    Language {
        code: "ru",
        run: "Вызовите модель так.",
        keys: "Запишите ключ в YOUR_API_TOKEN.",
        status: "Показывает состояние запроса («in_queue», «completed»).",
        input: "Входная схема",
        output: "Выходная схема",
        prompt: "Что происходит",
        picture: "Первый кадр",
        frames: "Число кадров",
        about: "Видео по тексту и картинке.",
    },
    // No word of this language is known to the importer.
    Language {
        code: "el",
        run: "Καλέστε το μοντέλο έτσι.",
        keys: "Βάλτε το κλειδί στο YOUR_API_TOKEN.",
        status: "Δίνει την κατάσταση ενός αιτήματος (\"in_queue\").",
        input: "Σχήμα εισόδου",
        output: "Σχήμα εξόδου",
        prompt: "Τι συμβαίνει",
        picture: "Πρώτη εικόνα",
        frames: "Πλήθος καρέ",
        about: "Ένα βίντεο από κείμενο και εικόνα.",
    },
    // A page whose texts are not translated.
    Language {
        code: "none",
        run: "modelApiDoc_submitBody",
        keys: "modelApiDoc_authBody",
        status: "modelApiDoc_statusBody",
        input: "modelApiDoc_inputSchema",
        output: "modelApiDoc_outputSchema",
        prompt: "modelApiDoc_prompt",
        picture: "modelApiDoc_image",
        frames: "modelApiDoc_frames",
        about: "modelApiDoc_about",
    },
];

impl Language {
    /// A command for a page; its body has a brace and quotes inside a string.
    fn command(&self) -> String {
        "curl --request POST \\\n  --url https://model-api.runcomfy.net/v1/models/acme/dream-2.5/image-to-video \\\n  \
         --header \"Authorization: Bearer <token>\" \\\n  --data '{\n    \"12_prompt\": \"a } and a \\\"quote\\\", it'\\''s {\",\n    \
         \"image_url\": \"https://example.com/a.png\"\n  }'"
            .to_owned()
    }

    pub(crate) fn input_schema(&self) -> String {
        format!(
            r#"{{
  "type": "object",
  "title": "{}",
  "required": [
    "12_prompt",
    "image_url"
  ],
  "properties": {{
    "12_prompt": {{
      "title": "{}",
      "type": "string",
      "default": "{{\"type\": \"object\", \"properties\": {{}}}}"
    }},
    "image_url": {{
      "title": "{}",
      "type": "string"
    }},
    "174_value": {{
      "title": "{}",
      "x-rust-name": "frames",
      "type": "integer",
      "enum": [
        81,
        141
      ],
      "default": 81
    }},
    "strength": {{
      "title": "Strength",
      "type": "float",
      "minimum": 0.30,
      "maximum": 4294967295
    }},
    "size": {{
      "type": "object",
      "properties": {{
        "width": {{
          "type": "integer"
        }}
      }}
    }}
  }}
}}"#,
            self.input, self.prompt, self.picture, self.frames
        )
    }

    pub(crate) fn output_schema(&self) -> String {
        format!(
            r#"{{
  "output": {{
    "type": "object",
    "properties": {{
      "video": {{
        "type": "string",
        "format": "uri",
        "description": "{}"
      }}
    }}
  }}
}}"#,
            self.output
        )
    }

    /// The text of a page as it is copied from a browser.
    pub(crate) fn text(&self) -> String {
        let call = self.command();
        format!(
            "RunComfy\n  • API\n\nDream 2.5\n\nacme/dream-2.5/image-to-video\n\n{}\n\n{}\n\n{call}\n\n{}\n\n{}\n\n\
             curl --request GET \\\n  --url https://model-api.runcomfy.net/v1/requests/{{request_id}}/status\n\n{call}\n\n\
             {}\n\n{}\n\n{}\n\n{}\nRunComfy 2026. {{}}\n",
            self.about,
            self.run,
            self.keys,
            self.status,
            self.input,
            self.input_schema(),
            self.output,
            self.output_schema(),
        )
    }

    /// The same text without empty lines and indents, as some programs copy it: headings are lost, and
    /// blocks stand side by side.
    pub(crate) fn packed(&self) -> String {
        let packed = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
        let call = packed(&self.command());
        format!(
            "{}\n{call}{}\n{call}{}\n{}{}RunComfy 2026",
            self.run,
            self.keys,
            self.status,
            packed(&self.input_schema()),
            packed(&self.output_schema()),
        )
    }

    /// A saved page, with the marks of a highlighter.
    pub(crate) fn html(&self) -> String {
        let escaped = |text: &str| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('"', "&quot;")
                .replace("  ", "&nbsp;&nbsp;")
                .replace(": ", ":&nbsp;")
        };
        let code = |text: &str| {
            let line = |(index, line): (usize, &str)| {
                format!(
                    "<span class=\"linenumber react-syntax-highlighter-line-number\">{}</span><span class=\"token\">{}</span>\n",
                    index + 1,
                    escaped(line)
                )
            };
            let lines: String = text.lines().enumerate().map(line).collect();
            format!(
                "<div><button>Copy {{</button><pre><code class=\"language-json\">{lines}</code></pre></div>"
            )
        };
        let call = code(&self.command());
        format!(
            "<!DOCTYPE html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>Dream {{</title>\
             <script>window.config = {{\"type\": \"object\", \"properties\": {{}}}};</script></head>\n\
             <body><nav><a href=\"/v1/models/acme/other\">Other</a></nav>\n<h1>Dream 2.5</h1><p>acme/dream-2.5/image-to-video</p>\
             <p>{}</p><p>{}</p>{call}<p>{}</p><p>{}</p>{call}<h3>{}</h3>{}<h3>{}</h3>{}</body></html>",
            self.code,
            self.about,
            self.run,
            self.keys,
            self.status,
            self.input,
            code(&self.input_schema()),
            self.output,
            code(&self.output_schema()),
        )
    }
}
